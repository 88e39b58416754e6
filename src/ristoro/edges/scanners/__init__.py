"""Programs that look into files for what does harm."""
