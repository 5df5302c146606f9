"""A simulated city: source-format files of every domain at any size, from a scale and a seed.

Nothing of it is a fact: positions are random points in a rectangle, names and texts are generic, numbers of
people are synthetic. The dirty cases come at the rates that rates.toml says were measured in real files.
"""
