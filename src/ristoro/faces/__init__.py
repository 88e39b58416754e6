"""What people see in a browser: each face is a package of its own and none imports another.

A face has no tables and no arithmetic: it asks the stages and shows what they say. What every face
needs, the look, the words for figures and the way to serve them, stands in this folder.
"""
