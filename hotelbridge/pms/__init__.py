"""The hotel's side: what a plugin for a property management system may rely on, and how it is found."""
