"""From conversations to insight: themes of questions, gaps of the help, figures from raw rows."""
