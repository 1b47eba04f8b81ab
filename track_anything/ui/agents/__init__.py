"""What scripts and agents may do with the editor: the same deeds by ``gradio_client``, curl and MCP."""
