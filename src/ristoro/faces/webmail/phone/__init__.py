"""Part of the webmail: the installed webmail: manifest, icons, service worker."""
