"""The tables of the index.

`records` is what the systems said, as far as it is kept; all other tables of orders are made of it (`weaving.py`) and
can be made again. Only `customer_email`, the names among the search terms, `owners` and `record_people` are personal,
and erasable.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ColumnElement,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    Table,
    func,
    text,
)

from orderweave.index.columns import Amount, Instant, Least, Word
from orderweave_sdk.manifest import SearchField

METADATA = MetaData()

# What one system says of one order: the record without what is personal and not needed. `order_key` is the order that
# it was last found to be part of; `dirty` that it changed since.
records = Table(
    "records",
    METADATA,
    Column("system", Word, nullable=False),
    Column("external_id", Word, nullable=False),
    Column("updated_at", Instant),
    Column("fetched_at", Instant, nullable=False),
    Column("digest", LargeBinary, nullable=False),
    Column("content", LargeBinary, nullable=False),
    Column("order_key", Word),
    Column("dirty", Boolean, nullable=False),
    PrimaryKeyConstraint("system", "external_id"),
)
Index("records_by_order", records.c.order_key)
Index(
    "records_dirty",
    records.c.system,
    records.c.external_id,
    sqlite_where=records.c.dirty,
    postgresql_where=records.c.dirty,
)
# In the words of that index: SQLite does not see that `dirty = 1`, as a column of truth is asked for, is the same.
WAITING = text("records.dirty")

# The key graph: the full keys that a record owns or refers to.
record_keys = Table(
    "record_keys",
    METADATA,
    Column("namespace", Word, nullable=False),
    Column("value", Word, nullable=False),
    Column("system", Word, nullable=False),
    Column("external_id", Word, nullable=False),
    PrimaryKeyConstraint("namespace", "value", "system", "external_id"),
)
Index("record_keys_by_record", record_keys.c.system, record_keys.c.external_id)

# Who a record is of: digests of the e-mail address and of the system's own id of the person (`erasing.py`).
record_people = Table(
    "record_people",
    METADATA,
    Column("digest", LargeBinary, nullable=False),
    Column("system", Word, nullable=False),
    Column("external_id", Word, nullable=False),
    PrimaryKeyConstraint("digest", "system", "external_id"),
)
Index("record_people_by_record", record_people.c.system, record_people.c.external_id)

# One merged order: what can be filtered, sorted, grouped and summed by. `key` is `Order.key`. Sums are in `currency`.
orders = Table(
    "orders",
    METADATA,
    Column("key", Word, primary_key=True),
    Column("number", Word),
    Column("channel", Word),
    Column("currency", Word),
    Column("status", Word, nullable=False),
    Column("payment_status", Word, nullable=False),
    Column("fulfillment_status", Word, nullable=False),
    Column("invoice_status", Word, nullable=False),
    Column("return_status", Word),
    Column("placed_at", Instant),
    Column("updated_at", Instant),
    Column("total", Amount),
    Column("paid", Amount),
    Column("refunded", Amount),
    Column("due", Amount),
    Column("tax", Amount),
    Column("shipping", Amount),
    Column("discount", Amount),
    Column("line_count", Integer, nullable=False),
    Column("line_quantity", Amount, nullable=False),
    Column("purchase_order_number", Word),
    Column("customer_id", Word),
    Column("customer_email", Word),
    Column("company", Word),
    Column("country", Word),
    Column("sources", Integer, nullable=False),
    Column("conflicts", Integer, nullable=False),
)

# By what a list can be sorted, each with a place for orders that lack it: below all others.
RANKS: dict[SearchField, ColumnElement[object]] = {
    field: func.coalesce(column, Least(column.type))
    for field, column in (
        (SearchField.PLACED_AT, orders.c.placed_at),
        (SearchField.UPDATED_AT, orders.c.updated_at),
        (SearchField.TOTAL, orders.c.total),
    )
}
for _field, _rank in RANKS.items():
    Index(f"orders_by_{_field.value.lower()}", _rank, orders.c.key)
Index("orders_by_customer_email", orders.c.customer_email)

order_numbers = Table(
    "order_numbers",
    METADATA,
    Column("number", Word, nullable=False),
    Column("order_key", Word, nullable=False),
    PrimaryKeyConstraint("number", "order_key"),
)
Index("order_numbers_by_order", order_numbers.c.order_key)

order_lines = Table(
    "order_lines",
    METADATA,
    Column("order_key", Word, nullable=False),
    Column("position", Integer, nullable=False),
    Column("line_id", Word, nullable=False),
    Column("sku", Word),
    Column("sku_folded", Word),
    Column("title", Word),
    Column("status", Word, nullable=False),
    Column("ordered", Amount),
    Column("canceled", Amount),
    Column("shipped", Amount),
    Column("delivered", Amount),
    Column("returned", Amount),
    Column("unit_price", Amount),
    Column("total", Amount),
    Column("currency", Word),
    PrimaryKeyConstraint("order_key", "position"),
)
Index("order_lines_by_sku", order_lines.c.sku_folded, order_lines.c.order_key)

# One row a package; a shipment without packages has one with `package` 0 and no tracking number.
shipments = Table(
    "shipments",
    METADATA,
    Column("order_key", Word, nullable=False),
    Column("shipment_id", Word, nullable=False),
    Column("package", Integer, nullable=False),
    Column("number", Word),
    Column("status", Word, nullable=False),
    Column("location_id", Word),
    Column("location", Word),
    Column("shipped_at", Instant),
    Column("delivered_at", Instant),
    Column("is_return", Boolean, nullable=False),
    Column("carrier", Word),
    Column("tracking_number", Word),
    Column("package_status", Word),
    Column("source", Word, nullable=False),
    PrimaryKeyConstraint("order_key", "shipment_id", "package"),
)

# Words by which an order is found, in one case. `personal` ones are of the names of people and companies, and `masked`
# ones of people: who reads what is personal masked finds nothing by these.
search_terms = Table(
    "search_terms",
    METADATA,
    Column("term", Word, nullable=False),
    Column("order_key", Word, nullable=False),
    Column("personal", Boolean, nullable=False),
    Column("masked", Boolean, nullable=False),
    PrimaryKeyConstraint("term", "order_key", "personal"),
)
Index("search_terms_by_order", search_terms.c.order_key)

# Whose an order is, in the words of `Owned`: `email:…`, `customer:system/id`, `company:system/id`.
owners = Table(
    "owners",
    METADATA,
    Column("name", Word, nullable=False),
    Column("order_key", Word, nullable=False),
    PrimaryKeyConstraint("name", "order_key"),
)
Index("owners_by_order", owners.c.order_key)

# What one system says of one SKU at one place.
stock_levels = Table(
    "stock_levels",
    METADATA,
    Column("system", Word, nullable=False),
    Column("sku_folded", Word, nullable=False),
    Column("location", Word, nullable=False),
    Column("sku", Word, nullable=False),
    Column("on_hand", Amount),
    Column("available", Amount),
    Column("committed", Amount),
    Column("reserved", Amount),
    Column("incoming", Amount),
    Column("safety_stock", Amount),
    Column("updated_at", Instant),
    Column("fetched_at", Instant, nullable=False),
    Column("content", LargeBinary, nullable=False),
    PrimaryKeyConstraint("system", "sku_folded", "location"),
)
Index("stock_levels_by_sku", stock_levels.c.sku_folded)

# One SKU at one place, whoever reports it, as it was merged; `counted` where it is stock and no mere listing.
stock = Table(
    "stock",
    METADATA,
    Column("sku_folded", Word, nullable=False),
    Column("location_id", Word, nullable=False),
    Column("sku", Word, nullable=False),
    Column("title", Word),
    Column("location", Word),
    Column("location_kind", Word, nullable=False),
    Column("on_hand", Amount),
    Column("available", Amount),
    Column("committed", Amount),
    Column("reserved", Amount),
    Column("incoming", Amount),
    Column("safety_stock", Amount),
    Column("available_to_sell", Amount),
    Column("counted", Boolean, nullable=False),
    PrimaryKeyConstraint("sku_folded", "location_id"),
)

# The SKUs that a system lists, in its spelling; `seen_at` is when the listing began that told of it last.
listed_skus = Table(
    "listed_skus",
    METADATA,
    Column("system", Word, nullable=False),
    Column("sku", Word, nullable=False),
    Column("seen_at", Instant, nullable=False),
    PrimaryKeyConstraint("system", "sku"),
)

# What one system says of one sellable SKU.
products = Table(
    "products",
    METADATA,
    Column("system", Word, nullable=False),
    Column("external_id", Word, nullable=False),
    Column("sku", Word, nullable=False),
    Column("sku_folded", Word, nullable=False),
    Column("title", Word),
    Column("active", Boolean),
    Column("fetched_at", Instant, nullable=False),
    PrimaryKeyConstraint("system", "external_id"),
)
Index("products_by_sku", products.c.sku_folded)

# How far a system's part (`orders`, `stock`) is read: all that changed up to `reached_at` is in. `cursor` is where to
# go on; `from_at` how far back the history goes (null: to its start); `complete_at` when it was first read whole.
progress = Table(
    "progress",
    METADATA,
    Column("system", Word, nullable=False),
    Column("part", Word, nullable=False),
    Column("cursor", Word),
    Column("from_at", Instant),
    Column("reached_at", Instant),
    Column("complete_at", Instant),
    Column("swept_at", Instant),
    Column("error", Word),
    Column("error_at", Instant),
    PrimaryKeyConstraint("system", "part"),
)

# Records that could not be read, with the reason; never their values.
set_aside = Table(
    "set_aside",
    METADATA,
    Column("system", Word, nullable=False),
    Column("external_id", Word, nullable=False),
    Column("reason", Word, nullable=False),
    Column("seen_at", Instant, nullable=False),
    PrimaryKeyConstraint("system", "external_id"),
)

# All that is read from the systems or made of it, and can be read again.
READ: tuple[Table, ...] = (
    records,
    record_keys,
    record_people,
    orders,
    order_numbers,
    order_lines,
    shipments,
    search_terms,
    owners,
    stock_levels,
    stock,
    listed_skus,
    products,
    progress,
    set_aside,
)

# People who must not be known here again, by a keyed digest of their e-mail address.
erased = Table(
    "erased", METADATA, Column("digest", LargeBinary, primary_key=True), Column("erased_at", Instant, nullable=False)
)

# Exports as their callers asked for them: `selection` with their rights, `progress` how far the files are. An empty
# selection: its files are gone.
exports = Table(
    "exports",
    METADATA,
    Column("id", Word, primary_key=True),
    Column("owner", Word, nullable=False),
    Column("state", Word, nullable=False),
    Column("selection", LargeBinary, nullable=False),
    Column("progress", LargeBinary),
    Column("expected", BigInteger),
    Column("error", Word),
    Column("created_at", Instant, nullable=False),
    Column("finished_at", Instant),
    Column("expires_at", Instant, nullable=False),
)
Index("exports_by_owner", exports.c.owner, exports.c.created_at)
Index("exports_by_state", exports.c.state, exports.c.created_at)
