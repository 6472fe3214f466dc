"""The outside world: what the product needs of it, by the room that serves it; async methods may wait."""
