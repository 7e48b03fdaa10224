"""The house's HTTP side: JSON, events and metrics over the desk's narrow window."""
