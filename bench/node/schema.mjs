// The part of the API's schema that the question selects, for gateways that merge by number in resolvers.
const fields = {
  Order: "id: ID! number: String! placedAt: String status: String totals: Totals customer: Customer",
  rest: `
    type PageInfo { endCursor: String }
    type Totals { total: Money }
    type Customer { name: String email: String }
    type LineConnection { nodes: [Line!]! }
    type Line { sku: String title: String quantity: Quantities unitPrice: Money }
    type Quantities { ordered: Int }`,
  invoice: "type Invoice { number: String due: Money status: String }",
  shipments: `
    type Shipment { packages: [Package!]! }
    type Package { carrier: Carrier trackingNumber: String status: String events: [Event!]! }
    type Carrier { name: String }
    type Event { occurredAt: String status: String location: String }`,
  money: "amount: String! currency: String!",
};

export const whole = `
  type Query { orders(first: Int!, after: String): OrderConnection! }
  type OrderConnection { nodes: [Order!]! pageInfo: PageInfo! }
  type Order { ${fields.Order} lines(first: Int): LineConnection! invoices: [Invoice!]! shipments: [Shipment!]! }
  type Money { ${fields.money} }
  ${fields.rest} ${fields.invoice} ${fields.shipments}`;

const federation =
  'extend schema @link(url: "https://specs.apollo.dev/federation/v2.3", import: ["@key", "@shareable"])\n';

export const subgraphs = {
  "shop-us": `${federation}
    type Query { orders(first: Int!, after: String): OrderConnection! }
    type OrderConnection { nodes: [Order!]! pageInfo: PageInfo! }
    type Order @key(fields: "number") { ${fields.Order} lines(first: Int): LineConnection! }
    type Money @shareable { ${fields.money} }
    ${fields.rest}`,
  erp: `${federation}
    type Order @key(fields: "number") { number: String! invoices: [Invoice!]! }
    type Money @shareable { ${fields.money} }
    ${fields.invoice}`,
  wms: `${federation}
    type Order @key(fields: "number") { number: String! shipments: [Shipment!]! }
    ${fields.shipments}`,
};
