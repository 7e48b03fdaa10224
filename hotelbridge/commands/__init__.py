"""The subcommands of `hotelbridge`, one module for each word that a person types."""
