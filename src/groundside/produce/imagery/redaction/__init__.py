"""Derivatives that give nobody away: faces are found, boxes made unrecognisable, all else of the file left out."""
