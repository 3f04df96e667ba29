"""Reports as PDF: data handed to templates of typst, never text joined into markup."""
