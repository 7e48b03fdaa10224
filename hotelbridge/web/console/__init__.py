"""The desk's console: pages for people, beside the API for programs."""
