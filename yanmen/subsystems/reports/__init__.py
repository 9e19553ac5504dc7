"""Reports · 疫情报告: what was written from the data, by whom and as known when; what was published stays as it was."""
