"""The part of Vendure's Admin API that the simulator speaks, in the vendor's own names and nullability."""

SDL = """
scalar DateTime
scalar JSON
scalar Money

enum CurrencyCode {
  AED ARS AUD BHD BRL CAD CHF CLP CNY COP CZK DKK EGP EUR GBP HKD HUF IDR ILS INR ISK JOD JPY KRW KWD MXN MYR NOK NZD
  OMR PEN PHP PLN RON RSD RUB SAR SEK SGD THB TND TRY TWD UAH USD UYU VND ZAR
}
enum GlobalFlag { TRUE FALSE INHERIT }
enum AdjustmentType { PROMOTION DISTRIBUTED_ORDER_PROMOTION OTHER }
enum SortOrder { ASC DESC }
enum ErrorCode { INVALID_CREDENTIALS_ERROR }
enum HistoryEntryType {
  ORDER_STATE_TRANSITION ORDER_PAYMENT_TRANSITION ORDER_FULFILLMENT ORDER_CANCELLATION ORDER_REFUND_TRANSITION
  ORDER_FULFILLMENT_TRANSITION ORDER_NOTE ORDER_COUPON_APPLIED ORDER_COUPON_REMOVED ORDER_MODIFIED
  ORDER_CUSTOMER_UPDATED
}

interface ErrorResult { errorCode: ErrorCode! message: String! }
type InvalidCredentialsError implements ErrorResult {
  errorCode: ErrorCode!
  message: String!
  authenticationError: String!
}
type CurrentUser { id: ID! identifier: String! }
union NativeAuthenticationResult = CurrentUser | InvalidCredentialsError

type Mutation {
  login(username: String!, password: String!, rememberMe: Boolean): NativeAuthenticationResult!
}

type Query {
  activeChannel: Channel!
  globalSettings: GlobalSettings!
  orders(options: OrderListOptions): OrderList!
  productVariants(options: ProductVariantListOptions): ProductVariantList!
  stockLocations(options: StockLocationListOptions): StockLocationList!
}

input StringOperators { eq: String notEq: String in: [String!] notIn: [String!] isNull: Boolean }
input IDOperators { eq: String in: [String!] }
input DateOperators { eq: DateTime before: DateTime after: DateTime isNull: Boolean }

input OrderListOptions { skip: Int take: Int sort: OrderSortParameter filter: OrderFilterParameter }
input OrderSortParameter { id: SortOrder orderPlacedAt: SortOrder }
input OrderFilterParameter {
  id: IDOperators
  orderPlacedAt: DateOperators
  code: StringOperators
  state: StringOperators
  currencyCode: StringOperators
  _and: [OrderFilterParameter!]
  _or: [OrderFilterParameter!]
}
input HistoryEntryListOptions {
  skip: Int
  take: Int
  sort: HistoryEntrySortParameter
  filter: HistoryEntryFilterParameter
}
input HistoryEntrySortParameter { id: SortOrder createdAt: SortOrder }
input HistoryEntryFilterParameter { type: StringOperators }
input ProductVariantListOptions {
  skip: Int
  take: Int
  sort: ProductVariantSortParameter
  filter: ProductVariantFilterParameter
}
input ProductVariantSortParameter { id: SortOrder }
input ProductVariantFilterParameter { sku: StringOperators }
input StockLocationListOptions { skip: Int take: Int sort: StockLocationSortParameter }
input StockLocationSortParameter { id: SortOrder }

type Channel { code: String! pricesIncludeTax: Boolean! }
type GlobalSettings { serverConfig: ServerConfig! }
type ServerConfig { moneyStrategyPrecision: Int! }

type OrderList { items: [Order!]! totalItems: Int! }
type Order {
  channels: [Channel!]!
  id: ID!
  updatedAt: DateTime!
  orderPlacedAt: DateTime
  code: String!
  state: String!
  customer: Customer
  shippingAddress: OrderAddress
  billingAddress: OrderAddress
  lines: [OrderLine!]!
  surcharges: [Surcharge!]!
  discounts: [Discount!]!
  couponCodes: [String!]!
  promotions: [Promotion!]!
  payments: [Payment!]
  fulfillments: [Fulfillment!]
  subTotal: Money!
  subTotalWithTax: Money!
  currencyCode: CurrencyCode!
  shipping: Money!
  shippingWithTax: Money!
  total: Money!
  totalWithTax: Money!
  taxSummary: [OrderTaxSummary!]!
  history(options: HistoryEntryListOptions): HistoryEntryList!
}
type OrderAddress {
  fullName: String
  company: String
  streetLine1: String
  streetLine2: String
  city: String
  province: String
  postalCode: String
  countryCode: String
  phoneNumber: String
}
type OrderLine {
  id: ID!
  productVariant: ProductVariant!
  unitPrice: Money!
  unitPriceWithTax: Money!
  quantity: Int!
  orderPlacedQuantity: Int!
  discountedLinePrice: Money!
  discountedLinePriceWithTax: Money!
  proratedLinePrice: Money!
  proratedLinePriceWithTax: Money!
  discounts: [Discount!]!
  taxLines: [TaxLine!]!
}
type Surcharge { price: Money! priceWithTax: Money! }
type Discount {
  adjustmentSource: String!
  type: AdjustmentType!
  description: String!
  amount: Money!
  amountWithTax: Money!
}
type Promotion { id: ID! couponCode: String }
type TaxLine { description: String! taxRate: Float! }
type OrderTaxSummary { description: String! taxRate: Float! taxTotal: Money! }
type Customer {
  id: ID!
  firstName: String!
  lastName: String!
  phoneNumber: String
  emailAddress: String!
}
type Payment {
  id: ID!
  createdAt: DateTime!
  method: String!
  amount: Money!
  state: String!
  transactionId: String
  refunds: [Refund!]!
}
type Refund {
  id: ID!
  createdAt: DateTime!
  total: Money!
  method: String
  state: String!
  transactionId: String
  reason: String
}
type Fulfillment { id: ID! lines: [FulfillmentLine!]! state: String! method: String! trackingCode: String }
type FulfillmentLine { orderLineId: ID! quantity: Int! }
type HistoryEntryList { items: [HistoryEntry!]! totalItems: Int! }
type HistoryEntry { isPublic: Boolean! id: ID! createdAt: DateTime! type: HistoryEntryType! data: JSON! }

type ProductVariantList { items: [ProductVariant!]! totalItems: Int! }
type ProductVariant {
  enabled: Boolean!
  trackInventory: GlobalFlag!
  stockLevels: [StockLevel!]!
  id: ID!
  product: Product!
  updatedAt: DateTime!
  sku: String!
  name: String!
}
type Product { id: ID! enabled: Boolean! }
type StockLevel {
  id: ID!
  updatedAt: DateTime!
  stockOnHand: Int!
  stockAllocated: Int!
  stockLocation: StockLocation!
}
type StockLocationList { items: [StockLocation!]! totalItems: Int! }
type StockLocation { id: ID! name: String! }
"""


def with_custom_field(name: str) -> str:
    """The schema as Vendure makes it where orders have a custom text field: a type, and a field of the filter."""
    return (
        SDL.replace("type Order {", "type Order {\n  customFields: OrderCustomFields", 1).replace(
            "input OrderFilterParameter {", f"input OrderFilterParameter {{\n  {name}: StringOperators", 1
        )
        + f"type OrderCustomFields {{ {name}: String }}\n"
    )
