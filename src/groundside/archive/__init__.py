"""The hallway: wires the rooms; its methods are the verbs of the product. No loop over bytes, no formula, no SQL."""
