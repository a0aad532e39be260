"""The methods of the Bot API, by theme; `table` names them all."""
