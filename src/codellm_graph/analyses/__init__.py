"""What can be asked of the graph: functions on a view or store, frozen dataclasses out."""
