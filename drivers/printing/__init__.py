"""Label printers: templates become pictures, pictures become a printer's language, and jobs are kept until printed."""
