"""The demo serves guests: what its start text and its explorer's tab say leads to the order."""

from __future__ import annotations

import httpx
from graphql import OperationDefinitionNode, parse, print_ast

from orderweave.demo import DemoBusiness
from orderweave.demo.serving import demo_app


async def test_the_tab_of_a_guest() -> None:
    """Both operations of the tab run with its own variables: the order's e-mail address gives a token, the token the
    order.
    """
    async with DemoBusiness(seed=7, orders=20) as business:
        app = demo_app(business)
        async with (
            app.router.lifespan_context(app),
            httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://gateway") as client,
        ):
            tabs = (await client.get("/explorer/examples.json")).json()
            (tab,) = [tab for tab in tabs if tab["name"] == "As a guest"]
            attempt, view = (
                print_ast(node) for node in parse(tab["query"]).definitions if isinstance(node, OperationDefinitionNode)
            )
            answer = (await client.post("/graphql", json={"query": attempt, "variables": tab["variables"]})).json()
            token = answer["data"]["trackOrder"]["access"]["token"]
            seen = (await client.post("/graphql", json={"query": view, "variables": {"token": token}})).json()
            assert seen["data"]["trackedOrder"]["number"] == business.telling_number()
