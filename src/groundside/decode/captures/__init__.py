"""Files of multispectral cameras: tags to bands, bands to captures, bytes to pixels."""
