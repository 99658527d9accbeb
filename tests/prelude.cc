// Nothing of its own: it is compiled for its precompiled header.
