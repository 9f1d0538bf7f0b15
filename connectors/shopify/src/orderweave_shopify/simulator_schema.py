"""The part of Shopify's schema that the connector uses, for the simulator; a contract test holds it to Shopify's."""

from __future__ import annotations

SDL = """schema { query: QueryRoot mutation: Mutation }

scalar DateTime
scalar Decimal
scalar URL
scalar FormattedString

interface Node { id: ID! }

type PageInfo { hasNextPage: Boolean! endCursor: String }

type QueryRoot {
  nodes(ids: [ID!]!): [Node]!
  node(id: ID!): Node
  orders(
    query: String, sortKey: OrderSortKeys = PROCESSED_AT, reverse: Boolean = false, first: Int, after: String
  ): OrderConnection!
  inventoryItems(query: String, first: Int, after: String): InventoryItemConnection!
  productVariants(query: String, first: Int, after: String): ProductVariantConnection!
  locations(first: Int, after: String, includeInactive: Boolean = false): LocationConnection!
  shop: Shop!
  currentAppInstallation: AppInstallation!
  webhookSubscriptions(uri: String, first: Int, after: String): WebhookSubscriptionConnection!
}

type Mutation {
  webhookSubscriptionCreate(
    topic: WebhookSubscriptionTopic!, webhookSubscription: WebhookSubscriptionInput!
  ): WebhookSubscriptionCreatePayload
}

enum WebhookSubscriptionTopic {
  ORDERS_CREATE ORDERS_UPDATED ORDERS_DELETE ORDERS_EDITED FULFILLMENTS_CREATE FULFILLMENTS_UPDATE
  FULFILLMENT_EVENTS_CREATE REFUNDS_CREATE RETURNS_APPROVE RETURNS_CLOSE RETURNS_CANCEL ORDER_TRANSACTIONS_CREATE
  PRODUCTS_UPDATE INVENTORY_ITEMS_UPDATE INVENTORY_LEVELS_UPDATE
}
input WebhookSubscriptionInput { uri: String }
type WebhookSubscription { id: ID! topic: WebhookSubscriptionTopic! uri: String! }
type WebhookSubscriptionConnection { nodes: [WebhookSubscription!]! pageInfo: PageInfo! }
type WebhookSubscriptionCreatePayload { webhookSubscription: WebhookSubscription userErrors: [UserError!]! }
type UserError { field: [String!] }

type Shop implements Node { id: ID! name: String! }
type AppInstallation implements Node { id: ID! accessScopes: [AccessScope!]! }
type AccessScope { handle: String! }

enum OrderSortKeys { PROCESSED_AT UPDATED_AT }
type OrderConnection { edges: [OrderEdge!]! pageInfo: PageInfo! }
type OrderEdge { cursor: String! node: Order! }

type MoneyV2 { amount: Decimal! currencyCode: CurrencyCode! }
type MoneyBag { shopMoney: MoneyV2! }
type TaxLine { title: String! rate: Float priceSet: MoneyBag! }

type Order implements Node {
  id: ID!
  name: String!
  updatedAt: DateTime!
  poNumber: String
  sourceIdentifier: String
  processedAt: DateTime!
  cancelledAt: DateTime
  closedAt: DateTime
  cancelReason: OrderCancelReason
  currencyCode: CurrencyCode!
  presentmentCurrencyCode: CurrencyCode!
  sourceName: String
  attribution: OrderAttribution
  subtotalPriceSet: MoneyBag
  cartDiscountAmountSet: MoneyBag
  totalTaxSet: MoneyBag
  originalTotalDutiesSet: MoneyBag
  originalTotalAdditionalFeesSet: MoneyBag
  totalPriceSet: MoneyBag!
  totalReceivedSet: MoneyBag!
  totalRefundedSet: MoneyBag!
  totalOutstandingSet: MoneyBag!
  taxLines: [TaxLine!]!
  shippingLines(first: Int, after: String): ShippingLineConnection!
  discountApplications(first: Int, after: String): DiscountApplicationConnection!
  lineItems(first: Int, after: String): LineItemConnection!
  email: String
  phone: String
  customer: Customer
  purchasingEntity: PurchasingEntity
  billingAddress: MailingAddress
  shippingAddress: MailingAddress
  displayFinancialStatus: OrderDisplayFinancialStatus
  transactions: [OrderTransaction!]!
  refunds: [Refund!]!
  displayFulfillmentStatus: OrderDisplayFulfillmentStatus!
  fulfillmentOrders(first: Int, after: String): FulfillmentOrderConnection!
  fulfillments: [Fulfillment!]!
  returnStatus: OrderReturnStatus!
  returns(first: Int, after: String): ReturnConnection!
  events(first: Int, after: String, sortKey: EventSortKeys = ID): EventConnection!
}

enum OrderCancelReason { CUSTOMER DECLINED FRAUD INVENTORY OTHER STAFF }
enum OrderDisplayFinancialStatus {
  AUTHORIZED EXPIRED PAID PARTIALLY_PAID PARTIALLY_REFUNDED PENDING REFUNDED VOIDED
}
enum OrderDisplayFulfillmentStatus {
  FULFILLED FULFILLMENT_NOT_REQUIRED IN_PROGRESS ON_HOLD OPEN PARTIALLY_FULFILLED PENDING_FULFILLMENT
  REQUEST_DECLINED RESTOCKED SCHEDULED UNFULFILLED
}
enum OrderReturnStatus { INSPECTION_COMPLETE IN_PROGRESS NO_RETURN RETURNED RETURN_FAILED RETURN_REQUESTED }

type OrderAttribution { handle: String! displayName: String! }

type ShippingLineConnection { nodes: [ShippingLine!]! pageInfo: PageInfo! }
type ShippingLine { discountedPriceSet: MoneyBag! }

enum DiscountApplicationAllocationMethod { ACROSS EACH }
enum DiscountApplicationTargetSelection { ALL ENTITLED EXPLICIT }
enum DiscountApplicationTargetType { LINE_ITEM SHIPPING_LINE }
union PricingValue = MoneyV2 | PricingPercentageValue
type PricingPercentageValue { percentage: Float! }
interface DiscountApplication {
  allocationMethod: DiscountApplicationAllocationMethod!
  targetSelection: DiscountApplicationTargetSelection!
  targetType: DiscountApplicationTargetType!
  value: PricingValue!
}
type DiscountCodeApplication implements DiscountApplication {
  allocationMethod: DiscountApplicationAllocationMethod!
  targetSelection: DiscountApplicationTargetSelection!
  targetType: DiscountApplicationTargetType!
  value: PricingValue!
  code: String!
}
type AutomaticDiscountApplication implements DiscountApplication {
  allocationMethod: DiscountApplicationAllocationMethod!
  targetSelection: DiscountApplicationTargetSelection!
  targetType: DiscountApplicationTargetType!
  value: PricingValue!
  title: String!
}
type ManualDiscountApplication implements DiscountApplication {
  allocationMethod: DiscountApplicationAllocationMethod!
  targetSelection: DiscountApplicationTargetSelection!
  targetType: DiscountApplicationTargetType!
  value: PricingValue!
  title: String!
}
type ScriptDiscountApplication implements DiscountApplication {
  allocationMethod: DiscountApplicationAllocationMethod!
  targetSelection: DiscountApplicationTargetSelection!
  targetType: DiscountApplicationTargetType!
  value: PricingValue!
  title: String!
}
type DiscountApplicationConnection { nodes: [DiscountApplication!]! pageInfo: PageInfo! }
type DiscountAllocation { allocatedAmountSet: MoneyBag! discountApplication: DiscountApplication! }

type LineItemConnection { nodes: [LineItem!]! pageInfo: PageInfo! }
type LineItem implements Node {
  id: ID!
  sku: String
  name: String!
  quantity: Int!
  currentQuantity: Int!
  nonFulfillableQuantity: Int!
  originalUnitPriceSet: MoneyBag!
  discountedTotalSet(withCodeDiscounts: Boolean = false): MoneyBag!
  discountAllocations: [DiscountAllocation!]!
  taxLines: [TaxLine!]!
}

union PurchasingEntity = Customer | PurchasingCompany
type PurchasingCompany { company: Company! location: CompanyLocation! }
type Company implements Node { id: ID! name: String! }
type CompanyLocation implements Node { id: ID! taxSettings: CompanyLocationTaxSettings! }
type CompanyLocationTaxSettings { taxRegistrationId: String }
type Customer implements Node {
  id: ID!
  displayName: String!
  defaultEmailAddress: CustomerEmailAddress
  defaultPhoneNumber: CustomerPhoneNumber
}
type CustomerEmailAddress { emailAddress: String! }
type CustomerPhoneNumber { phoneNumber: String! }

type MailingAddress implements Node {
  id: ID!
  name: String
  company: String
  address1: String
  address2: String
  city: String
  province: String
  provinceCode: String
  zip: String
  countryCodeV2: CountryCode
  phone: String
}

enum OrderTransactionKind { AUTHORIZATION CAPTURE CHANGE EMV_AUTHORIZATION REFUND SALE SUGGESTED_REFUND VOID }
enum OrderTransactionStatus { AWAITING_RESPONSE ERROR FAILURE PENDING SUCCESS UNKNOWN }
type OrderTransaction implements Node {
  id: ID!
  kind: OrderTransactionKind!
  status: OrderTransactionStatus!
  gateway: String
  formattedGateway: String
  paymentId: String
  processedAt: DateTime
  amountSet: MoneyBag!
  parentTransaction: OrderTransaction
}
type Refund implements Node {
  id: ID!
  createdAt: DateTime
  note: String
  totalRefundedSet: MoneyBag!
  refundLineItems(first: Int, after: String): RefundLineItemConnection!
}
enum RefundLineItemRestockType { CANCEL LEGACY_RESTOCK NO_RESTOCK RETURN }
type RefundLineItemConnection { nodes: [RefundLineItem!]! pageInfo: PageInfo! }
type RefundLineItem { quantity: Int! restockType: RefundLineItemRestockType! lineItem: LineItem! }

enum FulfillmentOrderStatus { CANCELLED CLOSED INCOMPLETE IN_PROGRESS ON_HOLD OPEN SCHEDULED }
enum DeliveryMethodType { LOCAL NONE PICKUP_POINT PICK_UP RETAIL SHIPPING }
enum FulfillmentHoldReason {
  AWAITING_PAYMENT AWAITING_RETURN_ITEMS HIGH_RISK_OF_FRAUD INCORRECT_ADDRESS INVENTORY_OUT_OF_STOCK
  ONLINE_STORE_POST_PURCHASE_CROSS_SELL OTHER UNKNOWN_DELIVERY_DATE
}
type FulfillmentOrderConnection { nodes: [FulfillmentOrder!]! pageInfo: PageInfo! }
type FulfillmentOrder implements Node {
  id: ID!
  status: FulfillmentOrderStatus!
  fulfillAt: DateTime
  fulfillBy: DateTime
  assignedLocation: FulfillmentOrderAssignedLocation!
  deliveryMethod: DeliveryMethod
  fulfillmentHolds: [FulfillmentHold!]!
  lineItems(first: Int, after: String): FulfillmentOrderLineItemConnection!
}
type FulfillmentOrderAssignedLocation { name: String! location: Location }
type DeliveryMethod implements Node { id: ID! methodType: DeliveryMethodType! }
type FulfillmentHold implements Node { id: ID! reason: FulfillmentHoldReason! }
type FulfillmentOrderLineItemConnection { nodes: [FulfillmentOrderLineItem!]! pageInfo: PageInfo! }
type FulfillmentOrderLineItem implements Node { id: ID! totalQuantity: Int! sku: String lineItem: LineItem! }

enum FulfillmentStatus { CANCELLED ERROR FAILURE SUCCESS }
enum FulfillmentDisplayStatus {
  ATTEMPTED_DELIVERY CANCELED CARRIER_PICKED_UP CONFIRMED DELAYED DELIVERED FAILURE FULFILLED IN_TRANSIT
  LABEL_PRINTED LABEL_PURCHASED LABEL_VOIDED MARKED_AS_FULFILLED NOT_DELIVERED OUT_FOR_DELIVERY PICKED_UP
  READY_FOR_PICKUP SUBMITTED
}
type Fulfillment implements Node {
  id: ID!
  name: String!
  status: FulfillmentStatus!
  displayStatus: FulfillmentDisplayStatus
  createdAt: DateTime!
  deliveredAt: DateTime
  estimatedDeliveryAt: DateTime
  location: Location
  trackingInfo: [FulfillmentTrackingInfo!]!
  fulfillmentLineItems(first: Int, after: String): FulfillmentLineItemConnection!
  events(first: Int, after: String, sortKey: FulfillmentEventSortKeys = HAPPENED_AT): FulfillmentEventConnection!
}
type FulfillmentTrackingInfo { company: String number: String url: URL }
type FulfillmentLineItemConnection { nodes: [FulfillmentLineItem!]! pageInfo: PageInfo! }
type FulfillmentLineItem implements Node { id: ID! quantity: Int lineItem: LineItem! }
enum FulfillmentEventSortKeys { HAPPENED_AT ID }
enum FulfillmentEventStatus {
  ATTEMPTED_DELIVERY CARRIER_PICKED_UP CONFIRMED DELAYED DELIVERED FAILURE IN_TRANSIT LABEL_PRINTED
  LABEL_PURCHASED OUT_FOR_DELIVERY READY_FOR_PICKUP
}
type FulfillmentEventConnection { nodes: [FulfillmentEvent!]! pageInfo: PageInfo! }
type FulfillmentEvent implements Node {
  id: ID!
  status: FulfillmentEventStatus!
  happenedAt: DateTime!
  createdAt: DateTime!
  message: String
  city: String
  province: String
  country: String
}

enum ReturnStatus { CANCELED CLOSED DECLINED OPEN REQUESTED }
type ReturnConnection { nodes: [Return!]! pageInfo: PageInfo! }
type Return implements Node {
  id: ID!
  name: String!
  status: ReturnStatus!
  createdAt: DateTime!
  returnLineItems(first: Int, after: String): ReturnLineItemTypeConnection!
}
type ReturnLineItemTypeConnection { nodes: [ReturnLineItemType!]! pageInfo: PageInfo! }
interface ReturnLineItemType implements Node {
  id: ID!
  quantity: Int!
  returnReasonNote: String!
  returnReasonDefinition: ReturnReasonDefinition
}
type ReturnLineItem implements Node & ReturnLineItemType {
  id: ID!
  quantity: Int!
  returnReasonNote: String!
  returnReasonDefinition: ReturnReasonDefinition
  fulfillmentLineItem: FulfillmentLineItem!
}
type UnverifiedReturnLineItem implements Node & ReturnLineItemType {
  id: ID!
  quantity: Int!
  returnReasonNote: String!
  returnReasonDefinition: ReturnReasonDefinition
}
type ReturnReasonDefinition implements Node { id: ID! handle: String! }

enum EventSortKeys { CREATED_AT ID }
type EventConnection { nodes: [Event!]! pageInfo: PageInfo! }
interface Event { id: ID! action: String! createdAt: DateTime! message: FormattedString! }
type BasicEvent implements Event & Node {
  id: ID!
  action: String!
  createdAt: DateTime!
  message: FormattedString!
}

type InventoryItemConnection { nodes: [InventoryItem!]! pageInfo: PageInfo! }
type InventoryItem implements Node {
  id: ID!
  sku: String
  tracked: Boolean!
  variants(first: Int, after: String): ProductVariantConnection
  inventoryLevels(first: Int, after: String): InventoryLevelConnection!
}
type InventoryLevelConnection { nodes: [InventoryLevel!]! pageInfo: PageInfo! }
type InventoryLevel implements Node {
  id: ID!
  updatedAt: DateTime!
  location: Location!
  quantities(names: [String!]!): [InventoryQuantity!]!
}
type InventoryQuantity implements Node { id: ID! name: String! quantity: Int! }

enum ProductStatus { ACTIVE ARCHIVED DRAFT UNLISTED }
type Product implements Node { id: ID! status: ProductStatus! }
type ProductVariantConnection { nodes: [ProductVariant!]! pageInfo: PageInfo! }
type ProductVariant implements Node {
  id: ID!
  sku: String
  displayName: String!
  barcode: String
  updatedAt: DateTime!
  product: Product!
}

type LocationConnection { nodes: [Location!]! pageInfo: PageInfo! }
type Location implements Node { id: ID! name: String! isActive: Boolean! address: LocationAddress! }
type LocationAddress {
  address1: String
  address2: String
  city: String
  province: String
  provinceCode: String
  zip: String
  countryCode: String
  phone: String
}

enum CurrencyCode {
  AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF
  CHF CLP CNY COP CRC CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD HKD HNL
  HRK HTG HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD
  MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG
  QAR RON RSD RUB RWF SAR SBD SCR SDG SEK SGD SHP SLL SOS SRD SSP STN SYP SZL THB TJS TMT TND TOP TRY TTD TWD
  TZS UAH UGX USD USDC UYU UZS VES VND VUV WST XAF XCD XOF XPF YER ZAR ZMW
}

enum CountryCode {
  AD AE AF AG AI AL AM AO AR AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW BY BZ CA CC
  CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FO FR GA GB
  GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP KE
  KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MK ML MM MN MO MQ MR MS MT MU
  MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PS PT PY QA RE RO RS RU RW SA
  SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA
  UG UM US UY UZ VA VC VE VG VN VU WF WS YE YT ZA ZM ZW
}
"""
