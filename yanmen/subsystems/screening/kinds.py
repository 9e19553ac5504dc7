"""The words that screening adds: samples and results of people."""

from yanmen.loop.kinds import ANY_PLACE, BulkKind, FactKind, Role, TaskKind

SAMPLED = FactKind(
    name="screening.sampled",
    zh="已采样",
    en="Sampled",
    retention_days=365,
    detail={"sample": "uuid", "swab": "text", "site": "text"},
)
BOUND = BulkKind(
    name="screening.bound",
    zh="样本已绑定采样管",
    en="Sample bound to a tube",
    retention_days=365,
    presence=True,
    detail={"tube": "text", "position": "smallint", "device": "bigint"},
)
RESULT = FactKind(
    name="screening.result",
    zh="检测结果",
    en="Test result",
    retention_days=730,
    detail={"sample": "uuid", "result": "text", "ct": "numeric", "method": "text", "laboratory": "text"},
)
POST_TAKEN = FactKind(
    name="screening.post_taken",
    zh="到高风险岗位",
    en="Took a high-risk post",
    retention_days=730,
    detail={"post": "text"},
)
POST_LEFT = FactKind(
    name="screening.post_left",
    zh="离开高风险岗位",
    en="Left a high-risk post",
    retention_days=730,
    detail={"post": "text"},
)

TEST = TaskKind(
    name="test",
    zh="核酸检测",
    en="Test the person",
    role="sampling",
    done_by=("screening.sampled", "screening.result"),
)
ANTIGEN_TEST = TaskKind(
    name="antigen_test",
    zh="抗原检测",
    en="Antigen test",
    role="grid_officer",
    done_by=("screening.result",),
)

SAMPLING = Role(name="sampling", zh="采样人员", en="Sampling staff", stands_at=(ANY_PLACE,))
LABORATORY = Role(name="laboratory", zh="检测机构人员", en="Laboratory staff")
