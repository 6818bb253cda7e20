"""The connections of an Azure ML workspace, over Azure Resource Manager."""
