"""The flows: the only files that know Prefect. Each calls one job and leaves a report of counts."""
