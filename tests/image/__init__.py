"""The image, built from the Dockerfile and run by the real Docker."""
