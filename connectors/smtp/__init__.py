"""Send mails over SMTP."""
