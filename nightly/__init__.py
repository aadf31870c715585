"""The job that joins the stages, the publishing, and the command line."""
