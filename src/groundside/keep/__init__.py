"""The only room that writes: the vault holds bytes, the catalogue holds what is known of them."""
