"""The part of Fluent's schema that the simulator serves: the vendor's names and types, only what is used."""

SDL = """
scalar DateTime
scalar Json

input DateRange { from: DateTime to: DateTime }
input RetailerId { id: ID! }
input OrderLinkInput { ref: String! retailer: RetailerId! }
input InventoryCatalogueKey { ref: String! }
input VirtualCatalogueKey { ref: String! }
input ProductCatalogueKey { ref: String! }

type Query {
  me: User
  orderById(id: ID!): Order
  orders(
    ref: [String], updatedOn: DateRange, retailerId: [Int!], first: Int, after: String
  ): OrderConnection
  fulfilments(
    ref: [String], updatedOn: DateRange, retailerId: [Int!], first: Int, after: String
  ): FulfilmentConnection
  returnOrders(order: OrderLinkInput, first: Int, after: String): ReturnOrderConnection
  inventoryPositions(
    productRef: [String!], locationRef: [String], catalogue: InventoryCatalogueKey, first: Int, after: String
  ): InventoryPositionConnection
  virtualPositions(
    productRef: [String], groupRef: [String], catalogue: VirtualCatalogueKey, first: Int, after: String
  ): VirtualPositionConnection
  variantProducts(
    ref: [String!], catalogue: ProductCatalogueKey, first: Int, after: String
  ): VariantProductConnection
  standardProducts(
    ref: [String!], catalogue: ProductCatalogueKey, first: Int, after: String
  ): StandardProductConnection
  locations(first: Int, after: String): LocationConnection
}

type PageInfo { hasPreviousPage: Boolean hasNextPage: Boolean }
type OrderConnection { edges: [OrderEdge] pageInfo: PageInfo }
type OrderEdge { node: Order cursor: String }
type OrderItemConnection { edges: [OrderItemEdge] pageInfo: PageInfo }
type OrderItemEdge { node: OrderItem cursor: String }
type FulfilmentConnection { edges: [FulfilmentEdge] pageInfo: PageInfo }
type FulfilmentEdge { node: Fulfilment cursor: String }
type FulfilmentItemConnection { edges: [FulfilmentItemEdge] pageInfo: PageInfo }
type FulfilmentItemEdge { node: FulfilmentItem cursor: String }
type ArticleConnection { edges: [ArticleEdge] pageInfo: PageInfo }
type ArticleEdge { node: Article cursor: String }
type ArticleItemConnection { edges: [ArticleItemEdge] pageInfo: PageInfo }
type ArticleItemEdge { node: ArticleItem cursor: String }
type ConsignmentArticleConnection { edges: [ConsignmentArticleEdge] pageInfo: PageInfo }
type ConsignmentArticleEdge { node: ConsignmentArticle cursor: String }
type FinancialTransactionConnection { edges: [FinancialTransactionEdge] pageInfo: PageInfo }
type FinancialTransactionEdge { node: FinancialTransaction cursor: String }
type ReturnOrderConnection { edges: [ReturnOrderEdge] pageInfo: PageInfo }
type ReturnOrderEdge { node: ReturnOrder cursor: String }
type ReturnOrderItemConnection { edges: [ReturnOrderItemEdge] pageInfo: PageInfo }
type ReturnOrderItemEdge { node: ReturnOrderItem cursor: String }
type InventoryPositionConnection { edges: [InventoryPositionEdge] pageInfo: PageInfo }
type InventoryPositionEdge { node: InventoryPosition cursor: String }
type InventoryQuantityConnection { edges: [InventoryQuantityEdge] pageInfo: PageInfo }
type InventoryQuantityEdge { node: InventoryQuantity cursor: String }
type VirtualPositionConnection { edges: [VirtualPositionEdge] pageInfo: PageInfo }
type VirtualPositionEdge { node: VirtualPosition cursor: String }
type VariantProductConnection { edges: [VariantProductEdge] pageInfo: PageInfo }
type VariantProductEdge { node: VariantProduct cursor: String }
type StandardProductConnection { edges: [StandardProductEdge] pageInfo: PageInfo }
type StandardProductEdge { node: StandardProduct cursor: String }
type LocationConnection { edges: [LocationEdge] pageInfo: PageInfo }
type LocationEdge { node: Location cursor: String }

type User { username: String! }
type Attribute { name: String! type: String! value: Json! }
type Retailer { id: ID! ref: String! tradingName: String }
type Customer { id: ID! firstName: String lastName: String primaryEmail: String primaryPhone: String }

type Order {
  id: ID!
  ref: String
  status: String
  createdOn: DateTime
  updatedOn: DateTime
  attributes: [Attribute]
  retailer: Retailer
  fulfilmentChoice: FulfilmentChoice
  customer: Customer
  items(first: Int, after: String): OrderItemConnection
  fulfilments(first: Int, after: String): FulfilmentConnection
  financialTransactions(first: Int, after: String): FinancialTransactionConnection
  billingAddress: OrderBillingAddress
}

type OrderItem { id: ID! product: Product! quantity: Int! price: Float currency: String }

interface Product { id: ID! ref: String! name: String! status: String updatedOn: DateTime }
type VariantProduct implements Product {
  id: ID! ref: String! gtin: String! name: String! status: String updatedOn: DateTime
}
type StandardProduct implements Product {
  id: ID! ref: String! gtin: String! name: String! status: String updatedOn: DateTime
}

type FulfilmentChoice { currency: String deliveryContact: String deliveryAddress: Address }

interface Address {
  companyName: String
  name: String
  street: String
  street2: String
  city: String
  state: String
  postcode: String
  region: String
  country: String
}
type CustomerAddress implements Address {
  companyName: String
  name: String
  street: String
  street2: String
  city: String
  state: String
  postcode: String
  region: String
  country: String
}
type StoreAddress implements Address {
  companyName: String
  name: String
  street: String
  street2: String
  city: String
  state: String
  postcode: String
  region: String
  country: String
  location: Location
}
type OrderBillingAddress {
  companyName: String
  name: String
  street: String
  street2: String
  city: String
  state: String
  postcode: String
  region: String
  country: String
}

type FinancialTransaction {
  id: ID!
  type: String!
  status: String
  createdOn: DateTime
  total: Float!
  scale: Int
  unscaledValue: Int
  currency: String!
  paymentMethod: String
  paymentProviderName: String
}

type Fulfilment {
  id: ID!
  ref: String
  status: String
  type: String!
  expiryTime: DateTime
  order: Order
  fromAddress: Address
  fromLocation: LocationLink
  items(first: Int, after: String): FulfilmentItemConnection
  articles(first: Int, after: String): ArticleConnection
}
type LocationLink { ref: String }
type FulfilmentItem { requestedQuantity: Int filledQuantity: Int! orderItem: OrderItem }

type Article {
  id: ID!
  status: String
  items(first: Int, after: String): ArticleItemConnection
  consignmentArticles(first: Int, after: String): ConsignmentArticleConnection
}
type ArticleItem { quantity: Int! orderItem: OrderItem }
type ConsignmentArticle { consignment: Consignment }
type Consignment {
  status: String
  consignmentReference: String!
  trackingLabel: String
  createdOn: DateTime
  carrier: Carrier
}
type Carrier { ref: String! name: String! }

type ReturnOrder {
  id: ID!
  ref: String!
  status: String!
  createdOn: DateTime
  returnOrderItems(first: Int, after: String): ReturnOrderItemConnection
}
type ReturnOrderItem { product: ProductLink unitQuantity: QuantityType returnReason: SettingValueType }
type ProductLink { ref: String }
type QuantityType { quantity: Int }
type SettingValueType { value: String label: String }

type InventoryPosition {
  id: ID!
  productRef: String!
  onHand: Int
  locationRef: String
  updatedOn: DateTime
  location: StoreAddress
  quantities(type: [String!], status: [String], first: Int, after: String): InventoryQuantityConnection
}
type InventoryQuantity { type: String! quantity: Int }
type VirtualPosition { productRef: String groupRef: String quantity: Int }

type Location { ref: String name: String type: String status: String primaryAddress: Address }
"""
