"""Roles that belong to no single subsystem. The kernel declares command, inspection and policy."""

from yanmen.loop.kinds import Role
from yanmen.loop.own_kinds import COMMAND, INSPECTOR, POLICY_AUTHOR

DATA_CLERK = Role(name="data.clerk", zh="数据录入员", en="Data clerk")
ACCOUNT_ADMINISTRATOR = Role(name="accounts.administrator", zh="账号管理员", en="Account administrator")

__all__ = ["ACCOUNT_ADMINISTRATOR", "COMMAND", "DATA_CLERK", "INSPECTOR", "POLICY_AUTHOR"]
