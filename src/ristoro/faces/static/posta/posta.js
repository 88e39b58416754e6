// What the webmail's pages do beyond their links and forms, which work without any of this.
import './keys.js';
import './undo.js';
