"""The part of ShipHero's schema that the simulator serves: the vendor's names and types, only what is used."""

SDL = """
scalar ISODateTime

type Query {
  account: AccountQueryResult
  order(id: String!): OrderQueryResult
  orders(order_number: String, partner_order_id: String, updated_from: ISODateTime): OrdersQueryResult
  shipment(id: String): ShipmentQueryResult
  products(sku: String): ProductsQueryResult
  warehouse_products(sku: String): WarehouseProductsQueryResult
  webhooks: WebhooksQueryResult
}

type Mutation { webhook_create(data: CreateWebhookInput!): CreateWebhookOutput }
input CreateWebhookInput { name: String! url: String! }
type CreateWebhookOutput { request_id: String complexity: Int webhook: Webhook }
type Webhook { name: String url: String shared_signature_secret: String }
type WebhooksQueryResult {
  request_id: String
  complexity: Int
  data(after: String, first: Int): WebhookConnection
}
type WebhookConnection { pageInfo: PageInfo! edges: [WebhookEdge]! }
type WebhookEdge { node: Webhook cursor: String! }

type AccountQueryResult { request_id: String complexity: Int data: Account }
type OrderQueryResult { request_id: String complexity: Int data: Order }
type ShipmentQueryResult { request_id: String complexity: Int data: Shipment }

type OrdersQueryResult {
  request_id: String
  complexity: Int
  data(sort: String, after: String, first: Int): OrderConnection
}

type ProductsQueryResult {
  request_id: String
  complexity: Int
  data(sort: String, after: String, first: Int): ProductConnection
}

type WarehouseProductsQueryResult {
  request_id: String
  complexity: Int
  data(sort: String, after: String, first: Int): WarehouseProductConnection
}

type PageInfo { hasNextPage: Boolean! hasPreviousPage: Boolean! startCursor: String endCursor: String }
type OrderConnection { pageInfo: PageInfo! edges: [OrderEdge]! }
type OrderEdge { node: Order cursor: String! }
type LineItemConnection { pageInfo: PageInfo! edges: [LineItemEdge]! }
type LineItemEdge { node: LineItem cursor: String! }
type ShipmentLineItemConnection { pageInfo: PageInfo! edges: [ShipmentLineItemEdge]! }
type ShipmentLineItemEdge { node: ShipmentLineItem cursor: String! }
type ProductConnection { pageInfo: PageInfo! edges: [ProductEdge]! }
type ProductEdge { node: Product cursor: String! }
type WarehouseProductConnection { pageInfo: PageInfo! edges: [WarehouseProductEdge]! }
type WarehouseProductEdge { node: WarehouseProduct cursor: String! }

type Account { id: String warehouses: [Warehouse] }
type Warehouse { id: String identifier: String address: Address }

type Address {
  name: String
  address1: String
  address2: String
  city: String
  state: String
  country: String
  zip: String
  phone: String
}

type Order {
  id: String
  legacy_id: Int
  order_number: String
  partner_order_id: String
  shop_name: String
  fulfillment_status: String
  order_date: ISODateTime
  total_tax: String
  subtotal: String
  total_discounts: String
  total_price: String
  shipping_lines: ShippingLines
  shipping_address: OrderAddress
  billing_address: OrderAddress
  line_items(sort: String, after: String, first: Int): LineItemConnection
  holds: OrderHolds
  shipments: [Shipment]
  source: String
  currency: String
  hold_until_date: ISODateTime
}

type ShippingLines { price: String }

type OrderAddress {
  first_name: String
  last_name: String
  company: String
  address1: String
  address2: String
  city: String
  state: String
  state_code: String
  zip: String
  country: String
  country_code: String
  phone: String
}

type OrderHolds {
  fraud_hold: Boolean
  address_hold: Boolean
  shipping_method_hold: Boolean
  operator_hold: Boolean
  payment_hold: Boolean
  client_hold: Boolean
}

type LineItem {
  id: String
  sku: String
  quantity: Int
  price: String
  product_name: String
  fulfillment_status: String
  quantity_pending_fulfillment: Int
  quantity_shipped: Int
  quantity_allocated: Int
  backorder_quantity: Int
}

type Shipment {
  id: String
  warehouse_id: String
  picked_up: Boolean
  delivered: Boolean
  completed: Boolean
  created_date: ISODateTime
  line_items(sort: String, after: String, first: Int): ShipmentLineItemConnection
  shipping_labels: [ShippingLabel]
  warehouse: Warehouse
}

type ShipmentLineItem { line_item_id: String shipping_label_id: String quantity: Int }

type ShippingLabel {
  id: String
  status: String
  tracking_number: String
  carrier: String
  delivered: Boolean
  picked_up: Boolean
  refunded: Boolean
  created_date: ISODateTime
}

type WarehouseProduct {
  id: String
  sku: String
  warehouse_id: String
  on_hand: Int
  reserve_inventory: Int
  allocated: Int
  available: Int
  updated_at: ISODateTime
  warehouse: Warehouse
  product: Product
}

type Product { id: String sku: String name: String active: Boolean updated_at: ISODateTime }
"""
