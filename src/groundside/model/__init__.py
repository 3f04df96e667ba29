"""The nouns: few, frozen, slotted, with units. Import each from its own module."""
