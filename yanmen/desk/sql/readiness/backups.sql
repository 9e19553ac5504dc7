-- check: backups
-- order: 70
-- zh: 近日有可恢复的备份
-- en: A backup that can be restored
-- needs: backups
-- remedy: 平台不知道备份情况：请向运维人员核实 | Nobody here knows: ask the operators
SELECT NULL::integer
