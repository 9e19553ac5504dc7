"""The words that screening adds: samples, tubes and results; what they oblige; who works with them."""

from yanmen.loop.kinds import ANY_PLACE, BulkKind, FactKind, MeasureKind, Role, TaskKind

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
NEGATIVE = BulkKind(
    name="screening.negative",
    zh="检测阴性",
    en="Negative in a tube",
    retention_days=730,
    detail={"tube": "text", "members": "smallint", "laboratory": "bigint"},
)
REACTIVE = FactKind(
    name="screening.reactive",
    zh="所在采样管初筛非阴性",
    en="In a tube that was not negative",
    retention_days=730,
    detail={"tube": "text", "result": "text", "members": "integer", "ct": "numeric", "laboratory": "integer"},
)
TUBE_RESULT = BulkKind(
    name="screening.tube_result",
    zh="采样管结果已签发",
    en="Result of a tube released",
    retention_days=730,
    detail={"tube": "text", "run": "bigint", "result": "text", "members": "smallint", "reviewer": "text"},
)
MISSED = FactKind(
    name="screening.missed",
    zh="本轮未采样",
    en="Missed a round",
    retention_days=180,
    detail={"campaign": "integer", "round": "integer"},
)
VOID = FactKind(
    name="screening.void",
    zh="样本作废，需重采",
    en="Sample void: sample again",
    retention_days=365,
    detail={"tube": "text", "why": "text"},
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
    done_by=("screening.sampled", "screening.bound", "screening.result", "screening.negative"),
)
RESAMPLE = TaskKind(
    name="resample",
    zh="单人单管复采",
    en="Sample again, alone in a tube",
    role="sampling",
    done_by=("screening.sampled", "screening.bound"),
)
ANTIGEN_TEST = TaskKind(
    name="antigen_test",
    zh="抗原检测",
    en="Antigen test",
    role="grid_officer",
    done_by=("screening.result",),
)

AWAITING_RESAMPLE = MeasureKind(
    name="awaiting_resample",
    zh="混检非阴性，待单采复核",
    en="Held until sampled again alone",
    basis_zh="混检阳性人员就地等候、单采复核；复核阴性立即解除",
    basis_en="Members of a tube that was not negative wait where they are; a negative single test releases at once",
)
TEST_OWED = MeasureKind(
    name="test_owed",
    zh="应检未检",
    en="Test owed",
    basis_zh="区域核酸检测组织实施指南",
    basis_en="Guide to the nucleic acid testing of an area",
)

MANAGER = Role(name="screening.manager", zh="核酸检测组织人员", en="Testing organiser")
COURIER = Role(name="screening.courier", zh="样本转运人员", en="Sample courier")
REVIEWER = Role(name="laboratory.reviewer", zh="检测机构审核人员", en="Laboratory reviewer")
SAMPLING = Role(name="sampling", zh="采样人员", en="Sampling staff", stands_at=(ANY_PLACE,))
LABORATORY = Role(name="laboratory", zh="检测机构人员", en="Laboratory staff")
