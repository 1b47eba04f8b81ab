"""Six short programs that use the product from Python; each is run in the suite."""
