"""The telephone exchange: its messages, their wire form, the client for commands, the listener for pushes."""
