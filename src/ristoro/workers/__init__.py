"""Workers: lease a chunk, do what its rows want, record it, until a run has nothing left to do.

A worker may die at any instant. What it had begun stands in the rows as *sending*, and whoever
takes the chunk over looks at the mail host before doing anything (promise 5).
"""
