"""The least that a server of the edge's kind can do: the same granian, the same interface, one constant answer."""

HEADERS = [("content-type", "application/json"), ("cache-control", "no-store")]
BODY = b'{"colour":0,"negative":27751680,"vaccination":0,"seq":1,"age_seconds":0.1}'


class Constant:
    """Answers everything alike."""

    async def __rsgi__(self, scope, protocol):
        protocol.response_bytes(200, HEADERS, BODY)


application = Constant()
