"""Which playbook tactic answers which KPI gap."""
