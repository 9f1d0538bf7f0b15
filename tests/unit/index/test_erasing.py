"""A person is found by what any record says of them, in an order or not, and nobody else is."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import select

from orderweave.index.tables import orders, record_people, records
from tests.unit.fake_business import erp, order, shop
from tests.unit.sync.keeping import Kept, changing, kept

_KELVIN = "\u212a"
_SECONDS = 10


async def held(sync: Kept, text: str) -> bool:
    """Whether anything of the index has this text."""
    contents = select(records.c.content)
    found = await sync.index.read(lambda found: list(found.execute(contents).scalars()), seconds=_SECONDS)
    return text.encode() in b"".join(found) or text in str(await sync.rows())


async def addresses(sync: Kept) -> dict[str, str | None]:
    """The address of each order, by number."""
    asked = select(orders.c.number, orders.c.customer_email)
    return await sync.index.read(lambda found: {row[0]: row[1] for row in found.execute(asked)}, seconds=_SECONDS)


async def test_an_address_that_a_less_believed_record_says_is_found(tmp_path: Path) -> None:
    """The shop's address is shown, the ERP knows another: erasing the ERP's takes the person out of both records of the
    order, of the ERP's other order, and of the shop's other order under the address that the two have in common.
    """
    mine = changing(
        shop([order("a1", "1001", email="ada@shop.example"), order("a2", "1002", email="ada@shop.example")])
    )
    books = changing(
        erp(
            [
                order("e1", "SO1", reference=("reference", "1001"), email="ada@work.example"),
                order("e2", "SO2", email="ada@work.example"),
                order("e3", "SO3", email="bob@work.example"),
            ]
        )
    )
    async with kept(tmp_path, mine, books) as sync:
        await sync.sync.turn()
        assert (await addresses(sync))["1001"] == "ada@shop.example"
        assert await sync.index.erase("ada@work.example") == 4
        assert not await held(sync, "ada@")
        assert await addresses(sync) == {"1001": None, "1002": None, "SO2": None, "SO3": "bob@work.example"}
        assert await sync.index.erase("ada@work.example") == 0


async def test_who_shares_an_order_with_an_erased_one_keeps_their_others(tmp_path: Path) -> None:
    """Ada's order names a buyer's office in the ERP, and so does Bob's: erasing Ada takes the office out of both, as it
    would when they are read again, and leaves Bob, whose order is not hers.
    """
    mine = changing(
        shop([order("a1", "1001", email="ada@shop.example"), order("a2", "1002", email="bob@shop.example")])
    )
    office = "office@work.example"
    books = changing(
        erp([order(f"e{n}", f"SO{n}", reference=("reference", f"100{n}"), email=office) for n in (1, 2)]),
    )
    async with kept(tmp_path, mine, books) as sync:
        await sync.sync.turn()
        assert await sync.index.erase("ada@shop.example") == 3
        assert not await held(sync, office)
        assert await addresses(sync) == {"1001": None, "1002": "bob@shop.example"}


async def test_a_record_that_is_no_order_of_ours_is_found(tmp_path: Path) -> None:
    """An ERP's order that no place of capture knows stands in no list, and is erased all the same."""
    books = changing(erp([order("e9", "SO9", email="eve@erp.example")]))
    books.captures_orders = False
    async with kept(tmp_path, changing(shop([order("a1", "1001")])), books) as sync:
        await sync.sync.turn()
        assert await addresses(sync) == {"1001": None}
        assert await sync.index.erase("eve@erp.example") == 1
        assert not await held(sync, "eve@")


async def test_what_waits_to_be_woven_is_found_with_its_order(tmp_path: Path) -> None:
    """Two records of one order, read and not yet put together, of which one says the address: both are erased."""
    mine = changing(shop([order("a1", "1001", email="wes@shop.example")]))
    books = changing(erp([order("e1", "SO1", reference=("reference", "1001"), email="wes@work.example")]))
    async with kept(tmp_path, mine, books) as sync:
        await sync.index.take("shop", mine.orders, sync.time.now(), weave=False)
        await sync.index.take("erp", books.orders, sync.time.now(), weave=False)
        assert await sync.index.erase("wes@work.example") == 2
        await sync.sync.turn()
        assert not await held(sync, "wes@")
        assert await addresses(sync) == {"1001": None}


async def test_an_address_that_only_looks_the_same_is_somebody_elses(tmp_path: Path) -> None:
    """ASCII letters are compared in one case; the sign of the kelvin is no k, though lower case would make it one."""
    mine = changing(
        shop([order("a1", "1001", email=f"{_KELVIN}im@shop.example"), order("a2", "1002", email=" KIM@Shop.example")])
    )
    async with kept(tmp_path, mine) as sync:
        await sync.sync.turn()
        assert await sync.index.erase("kim@shop.example") == 1
        assert await held(sync, f"{_KELVIN}im@")
        assert (await addresses(sync))["1002"] is None


async def test_what_finds_a_person_goes_with_them_and_with_the_record(tmp_path: Path) -> None:
    """Digests stand for records that name somebody, and for no others: not after a change, an erasing, its end."""
    mine = changing(shop([order("a1", "1001", email="ada@shop.example", customer_id="7"), order("a2", "1002")]))
    async with kept(tmp_path, mine) as sync:

        async def known() -> int:
            asked = select(record_people)
            return len(await sync.index.read(lambda found: found.execute(asked).all(), seconds=_SECONDS))

        await sync.sync.turn()
        assert await known() == 2
        sync.time.advance(1)
        await sync.index.take("shop", [order("a1", "1001", email="eva@shop.example")], sync.time.now())
        assert await known() == 1
        await sync.index.drop("shop", ["a1"])
        assert await known() == 0
        await sync.index.take("shop", [order("a3", "1003", email="zoe@shop.example")], sync.time.now())
        await sync.index.erase("zoe@shop.example")
        assert await known() == 0
