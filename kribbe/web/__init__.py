"""The design system and the shell: templates, components, icons, languages, branding and navigation. No business."""
