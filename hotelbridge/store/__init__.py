"""The only door to SQL: tables, the unit of work, and the queries that run inside one."""
