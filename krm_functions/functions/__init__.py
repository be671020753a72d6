"""One core, many transports: a functionConfig and an estate in, manifests out, the same whoever asks.

This room binds documents, estate and generators per kind; a transport adds nothing but its way of
reading and printing.
"""
