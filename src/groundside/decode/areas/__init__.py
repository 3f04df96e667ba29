"""
Areas, lines and points in the files that maps are kept in: GeoJSON, KML and KMZ, Shapefile, GeoPackage.

There is one reader for all who ask for an area: questions about flights, planning, fields.
"""
