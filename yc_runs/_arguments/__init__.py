"""What a caller may pass -> models. Pure; wrong shapes are refused here, before anything is sent."""
