"""The constant answer in RSGI, for granian."""

from shared.edge_constant import BODY, HEADERS


class Constant:
    """Answers everything alike."""

    async def __rsgi__(self, scope, protocol):
        protocol.response_bytes(200, list(HEADERS), BODY)


application = Constant()
