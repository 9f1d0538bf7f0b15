"""The base of GraphQL simulators answers as a GraphQL server over a real socket."""

from typing import Any

import httpx
from graphql import ExecutionResult

from orderweave_sdk.testing.graphql_simulator import GraphqlSimulator, Operation
from orderweave_sdk.testing.simulator import SimulatedAnswer, SimulatedRequest


class TeaSimulator(GraphqlSimulator):
    """One field with an argument, a token, and a quota that one operation name exhausts."""

    sdl = "type Query { tea(id: ID!): Tea } type Tea { id: ID!, title: String! }"
    graphql_path = "/graphql"

    @classmethod
    def external_id(cls, kind: str, n: int) -> str:
        """Ids such as "tea-1"."""
        return f"{kind}-{n}"

    def settings(self) -> dict[str, Any]:
        """Only the address."""
        return {"url": self.url}

    def root(self, operation: Operation) -> Any:
        """Every tea exists; the one called "bad" has no title."""
        return {"tea": lambda info, id: {"id": id, "title": None if id == "bad" else f"Tea {id}"}}

    def turn_away(self, request: SimulatedRequest) -> SimulatedAnswer | None:
        """401 without the token."""
        if request.headers.get("x-token") != "t":
            return SimulatedAnswer.of({"errors": "who"}, status=401)
        return None

    def hold_back(self, operation: Operation) -> SimulatedAnswer | None:
        """The tea called "expensive" is never served."""
        if operation.variables.get("id") == "expensive":
            return SimulatedAnswer.of({"errors": [{"message": "wait"}]})
        return None

    def extensions(self, operation: Operation, result: ExecutionResult) -> dict[str, Any] | None:
        """Everything costs one."""
        return {"cost": 1}


QUERY = "query One($id: ID!) { tea(id: $id) { id title } }"


async def post(simulator: TeaSimulator, body: Any, token: str = "t") -> httpx.Response:
    """One POST to the simulator."""
    async with httpx.AsyncClient() as client:
        return await client.post(f"{simulator.url}/graphql", json=body, headers={"x-token": token})


async def test_an_operation_is_run_and_logged() -> None:
    """Arguments reach the resolvers, the cost stands in extensions, and the log names the operation."""
    async with TeaSimulator() as simulator:
        answer = await post(simulator, {"query": QUERY, "variables": {"id": "7"}})
        assert answer.json() == {"data": {"tea": {"id": "7", "title": "Tea 7"}}, "extensions": {"cost": 1}}
        assert [(call.operation, call.detail) for call in simulator.calls] == [("One", {"id": "7"})]


async def test_errors_come_as_graphql_says() -> None:
    """A resolver's null in a non-null field is data with errors; an invalid document is errors alone."""
    async with TeaSimulator() as simulator:
        partial = (await post(simulator, {"query": QUERY, "variables": {"id": "bad"}})).json()
        assert partial["data"] == {"tea": None}
        assert partial["errors"][0]["path"] == ["tea", "title"]
        for document in ("{ coffee }", "{ tea(", '{ tea(id: "1") {} }'):
            refused = await post(simulator, {"query": document})
            assert refused.status_code == 200
            assert set(refused.json()) == {"errors"}


async def test_hooks_answer_before_execution() -> None:
    """Credentials are looked at first, a quota before the operation runs."""
    async with TeaSimulator() as simulator:
        assert (await post(simulator, {"query": QUERY}, token="wrong")).status_code == 401
        held = await post(simulator, {"query": QUERY, "variables": {"id": "expensive"}})
        assert held.json() == {"errors": [{"message": "wait"}]}


async def test_what_is_no_graphql_request_is_refused() -> None:
    """Another path, another method and another body are refused, and the simulator goes on."""
    async with TeaSimulator() as simulator, httpx.AsyncClient(headers={"x-token": "t"}) as client:
        assert (await client.post(f"{simulator.url}/other", json={})).status_code == 404
        assert (await client.get(f"{simulator.url}/graphql")).status_code == 400
        assert (await client.post(f"{simulator.url}/graphql", content=b"\xff{")).status_code == 400
        assert (await client.post(f"{simulator.url}/graphql", json=[1])).status_code == 400
        assert (await post(simulator, {"query": QUERY, "variables": {"id": "1"}})).status_code == 200


async def test_documents_are_kept_within_a_bound() -> None:
    """Many different documents do not grow the memory without end."""
    simulator = TeaSimulator()
    for n in range(200):
        request = SimulatedRequest(
            method="POST",
            path="/graphql",
            query=(),
            headers={"x-token": "t"},
            body=f'{{"query": "{{ tea(id: {n}) {{ id }} }}"}}'.encode(),
        )
        assert (await simulator.answer(request)).status == 200
        assert simulator.describe(request) == ("anonymous", {})
    assert len(simulator._documents) == 64
