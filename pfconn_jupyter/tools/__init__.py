"""The tools that use connections: prompt flow's built-in ones, as functions.

::

    from pfconn_jupyter.tools import llm

    llm("my_aoai", "Say hello in {{ language }}.", deployment="gpt-4o-mini", variables={"language": "Finnish"})

Each takes a connection or its name first. The modules import no SDK: that happens when a
tool is called.
"""

# A submodule's import binds its name here; the function of that name is bound after it.
from pfconn_jupyter.tools.content_safety_text import content_safety_text
from pfconn_jupyter.tools.embedding import embedding
from pfconn_jupyter.tools.llm import llm
from pfconn_jupyter.tools.python import python
from pfconn_jupyter.tools.serp_api import serp_api
from pfconn_jupyter.tools.tool import tool
from pfconn_jupyter.tools.vector_db_lookup import vector_db_lookup

__all__ = ["content_safety_text", "embedding", "llm", "python", "serp_api", "tool", "vector_db_lookup"]
