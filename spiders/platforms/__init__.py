"""One pair a source: <platform>.py walks and parses, <platform>.toml says what is known of it."""
