"""What one upstream call costs through each HTTP library; see README.md in this folder."""
