"""What is seen and pressed in Chromium. A package, so that all of it shares one browser (`scope="package"`)."""
